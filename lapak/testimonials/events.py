"""What testimonials announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TestimonialShown:
    """A buyer's words are public; the seller may answer them."""

    testimonial_id: int
