"""The rubric that entries are judged by: criteria in words, scores from 1 to 5, and when a third judge is asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from lapak.kernel.errors import Invalid
from lapak.kernel.words import Words, say

LOWEST, HIGHEST = 1, 5
SCALE = 100
"""Scores are kept in hundredths, so that 4.25 is compared as 425 and never as a fraction."""
HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is looked at; `anchors` say in words what 1 to 5 mean; `weight` counts unless the region says otherwise."""

    key: str
    name: Words
    question: Words
    weight: int
    anchors: tuple[Words, Words, Words, Words, Words]


RUBRIC = (
    Criterion(
        "attractive", say("Menarik"), say("Apakah orang berhenti menggulir layar karena ini?"), 30,
        (
            say("Foto gelap atau buram, barangnya tidak jelas"),
            say("Barang terlihat, tetapi latar ramai atau terpotong"),
            say("Foto jelas, biasa saja"),
            say("Foto terang dan rapi, barang menonjol"),
            say("Langsung ingin membeli, bercerita tanpa tulisan"),
        ),
    ),
    Criterion(
        "quality", say("Mutu"), say("Apakah barang atau jasanya dikerjakan baik?"), 30,
        (
            say("Tampak cacat atau asal jadi"),
            say("Pengerjaan tidak rata"),
            say("Layak, seperti umumnya"),
            say("Rapi dan terjaga"),
            say("Istimewa, jarang ada yang sebaik ini"),
        ),
    ),
    Criterion(
        "packaging", say("Kemasan"), say("Sampai utuh dan pantas di tangan pembeli? Untuk jasa: jelaskah yang didapat?"), 20,
        (
            say("Tanpa kemasan, atau jasa tanpa keterangan"),
            say("Plastik polos tanpa nama"),
            say("Aman, ada nama produknya"),
            say("Aman, ada nama, isi, dan tanggal"),
            say("Aman, lengkap, dan pantas jadi hadiah"),
        ),
    ),
    Criterion(
        "safe", say("Aman dipromosikan"), say("Tenangkah Anda bila jutaan orang membelinya besok?"), 20,
        (
            say("Berbahaya, melanggar, atau menyesatkan"),
            say("Ada klaim atau izin yang diragukan"),
            say("Tidak ada masalah yang terlihat"),
            say("Keterangan jujur dan cukup"),
            say("Keterangan lengkap, izin yang perlu disebut"),
        ),
    ),
)  # fmt: skip
"""Attractiveness, quality, packaging, and safe to promote (programme.md, 1: what the real team judged by)."""
KEYS = tuple(criterion.key for criterion in RUBRIC)
WEIGHTS = {criterion.key: criterion.weight for criterion in RUBRIC}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an entry's scores come to, in hundredths (None without any), and how many more judges it needs."""

    score: int | None
    needs: int
    is_split: bool


def scores(values: Mapping[str, str]) -> dict[str, int]:
    """Read one judge's scores, one for each criterion; raise Invalid naming every criterion that has none."""
    read = {key: values.get(key, "").strip() for key in KEYS}
    digits = {str(number) for number in range(LOWEST, HIGHEST + 1)}
    names = {criterion.key: criterion.name for criterion in RUBRIC}
    if wrong := {key: say("Beri nilai 1 sampai 5 untuk %(name)s", name=names[key]) for key, text in read.items() if text not in digits}:
        raise Invalid(wrong)
    return {key: int(text) for key, text in read.items()}


def weighted(given: Mapping[str, int], weights: Mapping[str, int]) -> int:
    """Return one judge's scores as one number in hundredths, 100 to 500."""
    total = sum(weights[key] for key in KEYS)
    return round(SCALE * sum(given[key] * weights[key] for key in KEYS) / total)


def is_split(all_given: Sequence[Mapping[str, int]], *, at: int) -> bool:
    """Whether any two judges are `at` points or more apart on any criterion."""
    return any(abs(one[key] - other[key]) >= at for one, other in combinations(all_given, 2) for key in KEYS)


def verdict(all_given: Sequence[Mapping[str, int]], *, weights: Mapping[str, int], judges: int, third_at: int) -> Verdict:
    """Return what an entry's scores come to: their median, so that one judge alone moves nothing.

    Needs `judges` scores, and one more when the judges disagree.
    """
    given = len(all_given)
    split = given >= judges and is_split(all_given, at=third_at)
    needs = max(judges + (1 if split else 0) - given, 0)
    return Verdict(round(median(weighted(one, weights) for one in all_given)) if given else None, needs, split)


def blinded(text: str, *names: str) -> str:
    """Return `text` without the names of a shop and its place, for judges who shall not know whose it is."""
    words = sorted({word for name in names for word in (name, *_parts(name))}, key=len, reverse=True)
    for word in words:
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    return re.sub(rf"{HIDDEN}(?:[\s,]*{HIDDEN})+", HIDDEN, text).strip()


_COMMON = """
bu pak mbak mas ibu bapak toko warung dapur kedai rumah omah usaha kopi batik keripik kripik madu roti kue tahu tempe sambal kota kabupaten
gerabah tenun lumpia jajan kain tas jasa griya sanggar pusat oleh
"""
COMMON = frozenset(_COMMON.split())
"""Parts of shops' names that say what is sold or how people are addressed: alone they give nobody away."""
_LEAST_PART = 4


def _parts(name: str) -> list[str]:
    return [part for part in re.findall(r"\w+", name) if len(part) >= _LEAST_PART and part.lower() not in COMMON]
