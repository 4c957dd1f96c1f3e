"""Forms about editions."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from lapak.editions.rules.answers import ANSWERS, Reason
from lapak.editions.rules.calendar import NOTE_LENGTH, REASON_LENGTH, WHO_NAMES, Plan, Who, reason, theme
from lapak.editions.rules.choosing import Rules
from lapak.editions.rules.rubric import HIGHEST, LOWEST, RUBRIC, WEIGHTS, scores
from lapak.kernel.checks import CHOOSE, by, line, paragraphs, whole_number
from lapak.kernel.clock import calendar_day
from lapak.kernel.errors import Invalid
from lapak.kernel.paging import parse_key
from lapak.kernel.text import printable
from lapak.kernel.words import say

REMARK_LENGTH = 300
ONE_TO_FIVE = [SelectChoice(str(number), str(number)) for number in range(LOWEST, HIGHEST + 1)]


def hour(text: str) -> time:
    """Read a time of day written as 09.00, 9:00 or 9; raise Invalid for anything else."""
    said = text.strip().replace(".", ":")
    hours, _colon, minutes = said.partition(":")
    if said.isascii() and hours.isdigit() and (minutes or "0").isdigit() and len(said) <= 5 and int(hours) < 24 and int(minutes or 0) < 60:
        return time(int(hours), int(minutes or 0))
    raise Invalid({"": say("Tulis jam, misalnya 09.00")})


def _day_if_any(text: str) -> date | None:
    return calendar_day(text, field="") if text.strip() else None


def _hour_if_any(text: str) -> time | None:
    return hour(text) if text.strip() else None


class PlanForm(FlaskForm):
    """Asks for an edition's number and theme, who may enter, and when it opens, closes and goes out, on the region's clock."""

    series = SelectField(_("Seri"), default="", choices=[], invalid_choice_message=CHOOSE)
    number = StringField(_("Nomor edisi"), [by(whole_number(1, 9999, wanted=say("Tulis nomor edisi")))])
    theme = StringField(_("Tema"), [by(theme)], description=_("Beberapa kata yang mudah diingat, misalnya Teman ngopi sore."))
    category = SelectField(_("Jenis produk"), default="", choices=[], invalid_choice_message=CHOOSE)
    who = RadioField(
        _("Siapa yang boleh ikut"),
        choices=[SelectChoice(one.value, _(WHO_NAMES[one])) for one in Who],
        invalid_choice_message=CHOOSE,
        default=Who.MARKET.value,
    )
    place = SelectField(
        _("Kabupaten atau kota"), default="", choices=[], invalid_choice_message=CHOOSE,
        description=_("Hanya bila yang boleh ikut lapak dari satu kabupaten atau kota."),
    )  # fmt: skip
    own_work = BooleanField(_("Hanya karya sendiri, bukan barang titipan atau kulakan"), default=True)
    opens = StringField(
        _("Pendaftaran dibuka"), [by(_day_if_any)], description=_("Kosongkan buka dan tutup bila kurator memilih sendiri dari rak.")
    )
    opens_hour = StringField(_("Jam dibuka"), [by(_hour_if_any)])
    closes = StringField(_("Pendaftaran ditutup"), [by(_day_if_any)])
    closes_hour = StringField(_("Jam ditutup"), [by(_hour_if_any)])
    publish = StringField(
        _("Terbit"), [by(lambda text: calendar_day(str(text), field=""))], description=_("Biasanya hari Minggu pukul 09.00.")
    )
    publish_hour = StringField(_("Jam terbit"), [by(hour)])
    note = TextAreaField(
        _("Catatan kurator"), [by(paragraphs(NOTE_LENGTH))], description=_("Mengapa tema ini, apa yang dicari. Dibaca penjual dan pembeli.")
    )

    def offer(
        self, *, series: Sequence[tuple[str, str]], categories: Sequence[tuple[str, str]], places: Sequence[tuple[str, str]]
    ) -> "PlanForm":
        """Fill the lists to choose from; each is (value, words)."""
        self.series.choices = [SelectChoice("", _("Edisi utama")), *(SelectChoice(*one) for one in series)]
        self.category.choices = [SelectChoice("", _("Bebas, semua jenis")), *(SelectChoice(*one) for one in categories)]
        self.place.choices = [SelectChoice("", _("Pilih")), *(SelectChoice(*one) for one in places)]
        return self

    def plan(self, timezone: str) -> Plan:
        """Return what a valid form says, its hours read on the clock of `timezone`."""
        zone = ZoneInfo(timezone)
        return Plan(
            self.number.data, self.theme.data, self.note.data, datetime.combine(self.publish.data, self.publish_hour.data, zone),
            series=self.series.data or "", category=self.category.data or "", who=Who(self.who.data),
            place=(self.place.data or "") if self.who.data == Who.PLACE else "", asks_own_work=bool(self.own_work.data),
            opens_at=_at(self.opens.data, self.opens_hour.data, time(8), zone),
            closes_at=_at(self.closes.data, self.closes_hour.data, time(16), zone),
        )  # fmt: skip


def _at(day: date | None, when: time | None, usual: time, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, when or usual, zone) if day else None


class EntryForm(FlaskForm):
    """Asks a seller for one listing and for what they declare and allow."""

    product = RadioField(_("Produk yang Anda daftarkan"), choices=[], validate_choice=False)
    own_work = BooleanField(_("Ini karya saya sendiri, bukan barang titipan atau kulakan"))
    pool = BooleanField(_("Bila belum terpilih, ikutkan lagi di tema berikutnya yang cocok"))
    figures = BooleanField(_("Angka kunjungan dan pesanan saya boleh dihitung bersama, tanpa nama"))

    def validate_product(self, field: Any) -> None:
        """Ask for a choice in our own words."""
        if not field.data:
            raise ValidationError(CHOOSE)


class ReadyForm(FlaskForm):
    """Asks a chosen seller for the declaration, where a curator nominated them."""

    own_work = BooleanField(_("Ini karya saya sendiri, bukan barang titipan atau kulakan"))


class SeenForm(FlaskForm):
    """Carries which version of a listing its page showed; without that, or with no number, what it is now is meant."""

    version = HiddenField(filters=[lambda count: "" if count is None else printable(str(count))])

    @property
    def seen(self) -> int | None:
        """The version that was shown."""
        return parse_key(self.version.data)

    def show(self, version: int) -> None:
        """Have the next answer be about that version, which the page shows now."""
        self.version.data = str(version)


class ScoreForm(SeenForm):
    """Asks a judge for one score for each criterion of the rubric."""

    note = TextAreaField(_("Catatan untuk kurator lain"), [by(paragraphs(REMARK_LENGTH))])
    attractive = RadioField(RUBRIC[0].name, validate_choice=False, choices=ONE_TO_FIVE)
    quality = RadioField(RUBRIC[1].name, validate_choice=False, choices=ONE_TO_FIVE)
    packaging = RadioField(RUBRIC[2].name, validate_choice=False, choices=ONE_TO_FIVE)
    safe = RadioField(RUBRIC[3].name, validate_choice=False, choices=ONE_TO_FIVE)
    names_shop = BooleanField(
        _("Foto memperlihatkan nama lapak"), description=_("Nilai barangnya saja. Berapa ajuan yang begini tertulis di Cara kami memilih.")
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Say beside every criterion without a score that it needs one."""
        is_good: bool = super().validate(extra_validators)
        try:
            scores({criterion.key: self[criterion.key].data or "" for criterion in RUBRIC})
        except Invalid as refusal:
            for key, text in refusal.fields.items():
                self[key].errors = [text]
            return False
        return is_good

    def given(self) -> dict[str, int]:
        """Return the scores of a valid form."""
        return scores({criterion.key: self[criterion.key].data or "" for criterion in RUBRIC})


WITHDRAW, SHOW_AGAIN = TURNS = ("tarik", "tampilkan")


class ReasonForm(FlaskForm):
    """Asks for a reason that everybody may read."""

    reason = TextAreaField(_("Alasan"), [by(reason)], description=_("Dapat dibaca umum di halaman Cara kami memilih."))


class WaveForm(ReasonForm, SeenForm):
    """Asks why a seller goes out though a check is not met."""


class TurnForm(ReasonForm):
    """Asks why a published edition is withdrawn or shown again; which of the two is the page's word, not the moment's."""

    wish = HiddenField(filters=[lambda wish: printable(wish or "")])

    def validate_wish(self, field: Any) -> None:
        """Refuse anything that is neither."""
        if field.data not in TURNS:
            raise ValidationError(say("Halaman ini tidak lengkap. Periksa lagi isinya, lalu tekan tombolnya"))


class OverruleForm(SeenForm):
    """Asks a curator whether an entry is in or out against its score, and why; leaving it to the score again needs no reason."""

    wish = RadioField(
        _("Keputusan"), validate_choice=False,
        choices=[
            SelectChoice("in", _("Masukkan daftar")), SelectChoice("out", _("Keluarkan dari daftar")),
            SelectChoice("score", _("Ikuti urutan nilai")),
        ],
    )  # fmt: skip
    reason = TextAreaField(
        _("Alasan"),
        [by(line(REASON_LENGTH[1]))],
        description=_("Wajib bila melawan urutan nilai. Dapat dibaca umum di halaman Cara kami memilih."),
    )

    def validate_wish(self, field: Any) -> None:
        """Ask for a choice in our own words."""
        if field.data not in {"in", "out", "score"}:
            raise ValidationError(CHOOSE)

    def validate_reason(self, field: Any) -> None:
        """Ask for a reason where one goes against the score."""
        if self.wish.data != "score" and not field.errors:
            try:
                reason(field.data or "")
            except Invalid as refusal:
                raise ValidationError(refusal.fields["reason"]) from refusal


class RecusalForm(FlaskForm):
    """Asks a judge what ties them to an entry."""

    reason = StringField(_("Apa kepentingan Anda"), [by(line(200, wanted=say("Tulis singkat, misalnya Saudara saya")))])


class AnswerForm(FlaskForm):
    """Asks what a seller is told if they are not published."""

    answer = SelectField(
        _("Jawaban"), invalid_choice_message=CHOOSE,
        choices=[SelectChoice("", _("Menurut foto dan nilai")), *(SelectChoice(one.value, _(ANSWERS[one].text)) for one in Reason)],
    )  # fmt: skip

    def chosen(self) -> Reason | None:
        """Return the reason of a valid form; None leaves it to what was measured and scored."""
        return Reason(self.answer.data) if self.answer.data else None


class CorrectionForm(FlaskForm):
    """Asks for a published edition's corrected words, and why."""

    theme = StringField(_("Tema"), [by(theme)])
    note = TextAreaField(_("Catatan kurator"), [by(paragraphs(NOTE_LENGTH))])
    reason = TextAreaField(_("Alasan koreksi"), [by(reason)], description=_("Dapat dibaca umum di halaman edisi."))


class ProgrammeForm(FlaskForm):
    """Asks an admin for the rules of choosing, the channel and the quiet period."""

    channel = StringField(
        _("Akun yang membagikan"), [by(line(60))], description=_("Akun kantor, bukan akun pribadi, misalnya @lapakjateng.")
    )
    attractive = StringField(_("Bobot menarik"), [by(whole_number(0, 100, wanted=say("Tulis angka 0 sampai 100")))])
    quality = StringField(_("Bobot mutu"), [by(whole_number(0, 100, wanted=say("Tulis angka 0 sampai 100")))])
    packaging = StringField(_("Bobot kemasan"), [by(whole_number(0, 100, wanted=say("Tulis angka 0 sampai 100")))])
    safe = StringField(_("Bobot aman dipromosikan"), [by(whole_number(0, 100, wanted=say("Tulis angka 0 sampai 100")))])
    judges = StringField(_("Penilai tiap pendaftar"), [by(whole_number(1, 5, wanted=say("Tulis angka 1 sampai 5")))])
    third_at = StringField(
        _("Penilai tambahan diminta bila berbeda"),
        [by(whole_number(1, 4, wanted=say("Tulis angka 1 sampai 4")))],
        description=_("Dalam angka nilai."),
    )
    most_per_place = StringField(
        _("Paling banyak dari satu kabupaten atau kota"), [by(whole_number(0, 10, wanted=say("Tulis angka 0 sampai 10")))],
        description=_("0 berarti tanpa batas."),
    )  # fmt: skip
    most_per_category = StringField(
        _("Paling banyak dari satu jenis"), [by(whole_number(0, 10, wanted=say("Tulis angka 0 sampai 10")))],
        description=_("Berlaku untuk edisi bebas. 0 berarti tanpa batas."),
    )  # fmt: skip
    cooldown = StringField(
        _("Jeda bagi yang sudah tampil"), [by(whole_number(0, 52, wanted=say("Tulis angka 0 sampai 52")))],
        description=_("Dalam jumlah edisi. 0 berarti tanpa jeda."),
    )  # fmt: skip
    ready_stock = StringField(
        _("Persediaan paling sedikit"),
        [by(whole_number(0, 10_000, wanted=say("Tulis angka")))],
        description=_("Untuk barang yang dihitung."),
    )
    quiet_from = StringField(
        _("Masa tenang, hari pertama"), [by(_day_if_any)],
        description=_("Selama masa ini nama dan foto pejabat tidak tampil di halaman dan gambar edisi. Kosongkan bila tidak ada."),
    )  # fmt: skip
    quiet_until = StringField(_("Masa tenang, hari terakhir"), [by(_day_if_any)])

    def validate_safe(self, field: Any) -> None:
        """Refuse weights that leave nothing to weigh by."""
        given = [self[key].data for key in WEIGHTS]
        if all(isinstance(one, int) for one in given) and not sum(given):
            field.errors = [*field.errors, say("Paling sedikit satu bobot lebih dari 0")]
            raise ValidationError(say("Paling sedikit satu bobot lebih dari 0"))

    def rules(self, before: Rules) -> Rules:
        """Return the rules of a valid form; what it does not ask for stays as it was `before`."""
        return Rules(
            {key: self[key].data for key in WEIGHTS}, self.judges.data, self.third_at.data, self.most_per_place.data,
            self.most_per_category.data, self.cooldown.data, self.ready_stock.data, before.ready_hours, before.photo_side,
        )  # fmt: skip


class SeriesForm(FlaskForm):
    """Asks for a special series' name."""

    name = StringField(
        _("Nama seri"),
        [by(line(40, wanted=say("Tulis nama seri, misalnya Musisi")))],
        description=_("Seri punya nomor sendiri: Edisi Musisi 1."),
    )


class StewardForm(FlaskForm):
    """Asks to whom the programme is handed over."""

    to = SelectField(_("Serahkan kepada"), choices=[], invalid_choice_message=CHOOSE)
