"""Word manuals and web pages as pages of Markdown, split by headings, pictures kept aside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from kb import images
from kb.errors import InvalidInput
from kb.formats import limits
from kb.formats.archive import UNREADABLE
from kb.formats.records import Bad, Note, Page, Record, Refused, Total
from kb.formats.rows_in import Budget
from kb.formats.splitting import parts_of, title_of
from kb.formats.webpage import Converter, html_of

# Built-in headings go by number in English and Chinese programs; a table of contents is no text.
_STYLES = "\n".join(
    [f"p[style-name='标题 {level}'] => h{level}:fresh" for level in range(1, 7)]
    + ["p[style-name='Title'] => h1:fresh", "p[style-name='标题'] => h1:fresh"]
    + ["p[style-name^='toc '] => !", "p[style-name^='TOC '] => !", "p[style-name^='目录'] => !"]
)


class PictureFolder:
    """Keeps the pictures of one file in a folder, within limits."""

    def __init__(self, folder: Path) -> None:
        self._store = images.ImageStore(folder)
        self._names: set[str] = set()

    def keep(self, data: bytes) -> str:
        """Keep a picture and give its name; InvalidInput when it is none we take."""
        name = images.name_of(data)
        if name not in self._names and len(self._names) >= limits.MAX_IMAGES:
            raise Refused(f"holds more than {limits.MAX_IMAGES} pictures; import it in parts")
        self._names.add(name)
        return self._store.put(data)


def read_docx(path: Path, name: str, pictures: PictureFolder, split: int) -> Iterator[Record]:
    """The pages of a Word file; one for each heading down to level `split`."""
    import mammoth

    converter = Converter(pictures.keep)

    def picture(image: Any) -> dict[str, str]:  # noqa: ANN401 - mammoth is untyped
        try:
            with image.open() as file:
                return {"src": converter.keep(_bytes(file))}
        except InvalidInput as error:
            converter.note(f"a picture was left out: {error.problems[0].message}")
        except (KeyError, *UNREADABLE, mammoth_errors()):
            converter.note("a picture was left out: it is not inside the file, or damaged")
        return {"src": ""}

    try:
        with path.open("rb") as file:
            made = mammoth.convert_to_html(
                file,
                style_map=_STYLES,
                include_embedded_style_map=False,
                convert_image=mammoth.images.img_element(picture),
            )
    except RecursionError:
        raise Refused("is nested too deeply") from None
    except (KeyError, TypeError, AttributeError, IndexError, *UNREADABLE) as e:
        message = f"is damaged: its parts do not fit together ({type(e).__name__})"
        raise Refused(message) from None
    yield from _pages(converter.markdown(made.value), name, _stem(name), split, converter)


def mammoth_errors() -> type[Exception]:
    """What mammoth raises for a picture that lies outside of the file."""
    from mammoth.docx.files import InvalidFileReferenceError

    return InvalidFileReferenceError  # type: ignore[no-any-return]


def _bytes(file: IO[bytes]) -> bytes:
    return file.read(images.MAX_IMAGE + 1)


def read_html(data: bytes, name: str, pictures: PictureFolder, split: int) -> Iterator[Record]:
    """The pages of an HTML file; one for each heading down to level `split`, 0: one page."""
    html, title, encoding = html_of(data)
    if encoding != "utf-8":
        yield Note(f"{name[-80:]}: read as {encoding.upper()}")
    converter = Converter(pictures.keep)
    yield from _pages(converter.markdown(html), name, title or _stem(name), split, converter)


def _pages(
    markdown: str, name: str, title: str, split: int, converter: Converter
) -> Iterator[Record]:
    whole, parts = parts_of(markdown, split, title)
    if not parts:
        yield Bad(name, 0, "has no text")
        return
    budget = Budget()
    yield Total(len(parts))
    for note in converter.notes:
        yield Note(f"{name[-80:]}: {note}")
    for part in parts:
        budget.spend((part.body,))
        yield Page(name, (whole, *part.path), title_of(part.path), part.body)


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).stem[:200]
