"""Files that commands write: whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.files import write


def broken() -> Iterator[bytes]:
    """As a list whose manifest could not be written after its last byte."""
    yield b"contact_point\n+48601602603\n"
    raise RuntimeError


def test_nothing_goes_to_standard_output_before_the_last_byte(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    with pytest.raises(RuntimeError):
        write("-", broken())
    assert capfdbinary.readouterr().out == b""


def test_all_goes_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write("-", [b"a\n", b"b\n"])
    assert capfdbinary.readouterr().out == b"a\nb\n"


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        write(str(tmp_path / "list.csv"), broken())
    assert list(tmp_path.iterdir()) == []
