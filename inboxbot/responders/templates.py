"""The door to the templates: where they lie, and words made from them.

In: a template's name and its values. Out: text, or HTML in which every value is escaped. Values are never templates.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from inboxbot.errors import ReplyError


@cache
def folder() -> Path:
    """`templates/`: inside an installed package under _data, in a checkout beside the package."""
    package = Path(str(files("inboxbot")))
    installed = package / "_data" / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


@cache  # compiled templates are the same for everybody; compiling them anew would cost more than the whole answer
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(folder()),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def render(name: str, **values: object) -> str:
    """The template `name` with these values; raises ReplyError for a broken template or a value it needs and does not get."""
    try:
        return _environment().get_template(name).render(values)
    except TemplateError as error:
        raise ReplyError(f"the template {name} cannot be filled in") from error


def compile_all() -> None:
    """Read every template of a reply once; raises ReplyError that names the first broken one and its line."""
    for name in _environment().list_templates(filter_func=lambda path: path.startswith("replies/") and path.endswith(".j2")):
        try:
            _environment().get_template(name)
        except TemplateError as error:
            raise ReplyError(f"the template {name}, line {getattr(error, 'lineno', '?')}, is broken") from error


def paragraphs(name: str, **values: object) -> tuple[str, ...]:
    """The same, split at empty lines; line breaks inside a paragraph become spaces."""
    return tuple(" ".join(part.split()) for part in render(name, **values).split("\n\n") if part.strip())
