import pytest

from lapak.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, TooMany


def test_a_refusal_says_its_sentence_with_the_values_filled_in() -> None:
    refusal = Conflict("%(name)s tinggal %(left)s.", name="Keripik 100%", left=2)

    assert str(refusal) == "Keripik 100% tinggal 2."
    assert refusal.words.id == "%(name)s tinggal %(left)s."


def test_a_sentence_without_values_may_hold_a_percent_sign() -> None:
    assert str(NotFound("Diskon 50% sudah habis.")) == "Diskon 50% sudah habis."


def test_too_many_says_when_to_come_back() -> None:
    refusal = TooMany("Tunggu %(minutes)s menit.", retry_after=90, minutes=2)

    assert (str(refusal), refusal.retry_after) == ("Tunggu 2 menit.", 90)


def test_invalid_input_names_each_field() -> None:
    refusal = Invalid({"name": "Tulis nama", "price": "Tulis harga"})

    assert refusal.fields == {"name": "Tulis nama", "price": "Tulis harga"}
    assert str(refusal) == "Tulis nama; Tulis harga"


@pytest.mark.parametrize("kind", [NotFound, NotAllowed, Conflict])
def test_every_refusal_is_a_domain_error(kind: type[DomainError]) -> None:
    with pytest.raises(DomainError, match="Tidak"):
        raise kind("Tidak.")
