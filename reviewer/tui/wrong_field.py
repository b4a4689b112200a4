"""What is said where one field of a form cannot be taken."""

from reviewer.domain.errors import UserError


class WrongFieldError(UserError):
    """What stands in one field cannot be taken; ``field`` names it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
