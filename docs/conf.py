"""How Sphinx builds the documentation.

``sphinx-build -W docs docs/_build/html`` runs the examples for the gallery, which takes some
minutes; ``-D plot_gallery=0`` leaves their pictures out.
"""

import re
import shutil
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sphinx.addnodes import pending_xref
from sphinx.util.nodes import make_refnode

HERE = Path(__file__).resolve().parent
TOP = HERE.parent
BUILT = HERE / "_build"
sys.path.insert(0, str(TOP))

project = "liquidstate"
author = "The liquidstate developers"
copyright = author
html_title = "liquidstate"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "**/GALLERY_HEADER.rst", "gallery/sg_execution_times.rst"]
suppress_warnings = ["config.cache"]  # of the gallery's settings, which hold functions

# Pages in Markdown.
myst_heading_anchors = 3
highlight_language = "none"

# The reference. A name in `single backticks` is a link where something of that name is described.
default_role = "py:obj"
nitpicky = True
nitpick_ignore_regex = [("py:obj", ".*")]
autodoc_member_order = "groupwise"
autodoc_typehints = "none"
# What these bring is described where they come from.
_OF_OTHERS = (
    "BaseEstimator TransformerMixin ClassifierMixin RegressorMixin MultiOutputMixin "
    "_MetadataRequester _SetOutputMixin tuple dict BaseException Protocol"
)
autodoc_default_options = {
    "members": True,
    "inherited-members": ",".join(_OF_OTHERS.split()),
}
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"

# One theme, without anything from the network.
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_show_sphinx = False
html_copy_source = False


def gallery_folder() -> str:
    """A copy of the examples, so that what they draw stays out of `examples/`."""
    folder = BUILT / "examples"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for script in sorted((TOP / "examples").glob("*.py")):
        shutil.copy2(script, folder)
    shutil.copy2(HERE / "gallery_header.txt", folder / "GALLERY_HEADER.rst")
    return str(folder)


def runnable() -> str:
    """A pattern of the examples whose recordings and packages are here."""
    from tasks import fsdd
    from tasks.data import data_folder

    names = {path.stem for path in (TOP / "examples").glob("*.py")}
    packages = {"stream": "aeon", "kernels": "aeon", "save_and_exchange": "nir", "in_nest": "nest"}
    names -= {name for name, package in packages.items() if find_spec(package) is None}
    try:
        fsdd.speakers()
    except ValueError:
        names -= {"spoken_digits", "memory"}
    try:
        data_folder("nmnist", obtain="")
    except ValueError:
        names.discard("nmnist")
    return rf"[/\\]({'|'.join(sorted(names))})\.py$"


def reset_brian2(gallery_conf: dict, file_name: str) -> None:
    """Give Brian2's code generation back to the next example as it was."""
    if "brian2" in sys.modules:
        sys.modules["brian2"].prefs.codegen.target = "auto"


sphinx_gallery_conf = {
    "examples_dirs": gallery_folder(),
    "gallery_dirs": "gallery",
    "filename_pattern": runnable(),
    "reset_modules": ("matplotlib", reset_brian2),
    "within_subsection_order": "FileNameSortKey",
    "show_memory": False,
    "show_signature": False,
    "download_all_examples": False,
    "write_computation_times": False,
    "abort_on_example_error": True,
    "min_reported_time": 1e9,
    "thumbnail_size": (400, 280),
}


def described_elsewhere(app, env, node, contnode):
    """Resolve a reference by what it names: a name re-exported or moved still finds its page.

    A module, a constant or a function without a page of its own is shown as code, if it exists.
    """
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"].lstrip(".~")
    candidates = [target]
    for context in (node.get("py:class"), node.get("py:module")):
        if context:
            candidates.append(f"{context}.{target}")
            candidates.append(f"{node.get('py:module')}.{context}.{target}")
    # Also what stands beside the thing in whose docstring the reference is, wherever that is kept.
    if "docstring of " in str(node.source):
        home = str(node.source).rpartition("docstring of ")[2].split(":")[0]
        candidates += [f"{home[: k.start()]}.{target}" for k in re.finditer(r"\.|$", home)]
    objects = env.get_domain("py").objects
    for name in candidates:
        thing = imported(name)
        if thing is None:
            continue
        home = f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"
        for known in (name, home, *same_in_pages(thing, name, objects)):
            if known in objects:
                entry, document = objects[known], node["refdoc"]
                return make_refnode(
                    app.builder, document, entry.docname, entry.node_id, contnode, known
                )
        return contnode  # it exists, without a page of its own
    # The types of parameters are prose ("array of int"), not references.
    return contnode if node.get("refspecific") else None


def imported(name: str):
    """What a dotted name is, or None."""
    parts = name.split(".")
    if parts[0] not in ("lsm", "evolution", "readouts", "tasks", "experiments"):
        return None
    for cut in range(len(parts), 0, -1):
        try:
            thing = import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        try:
            for part in parts[cut:]:
                thing = getattr(thing, part)
        except AttributeError:
            return None
        return thing
    return None


def same_in_pages(thing, name: str, objects) -> list[str]:
    """Names in the reference whose last part is that of `name` and that are the same thing."""
    last = name.rpartition(".")[2]
    return [
        known for known in objects if known.rpartition(".")[2] == last and imported(known) is thing
    ]


def plain_types(app, doctree):
    """Leave words alone in the types of parameters, which Sphinx takes for names ("rows")."""
    for node in list(doctree.findall(pending_xref)):
        target = node.get("reftarget", "")
        if node.get("refspecific") and "." not in target and not target[:1].isupper():
            node.replace_self(node.children)


def plain_defaults(app, what, name, obj, options, signature, returns):
    """Signatures without the addresses of objects."""
    if signature:
        signature = re.sub(r"<(?:function|class) '?([\w.]+)'?[^>]*>", r"\1", signature)
    return signature, returns


def skip_made(app, what, name, obj, skip, options):
    """Leave out what Python and scikit-learn make, and on the page of lsm what has another."""
    made = type(obj).__name__ == "_tuplegetter" or re.fullmatch(r"set_\w+_request", name)
    elsewhere = what == "module" and app.env.docname == "api/lsm" and _has_page(name, obj)
    return skip or bool(made) or elsewhere


def _has_page(name, thing) -> bool:
    """Whether a name of `lsm` is described on the page of the package that it comes from."""
    for page in (path.stem for path in (HERE / "api").glob("lsm.*.rst")):
        module = import_module(page)
        listed = getattr(module, "__all__", None)
        if name in listed if listed else getattr(thing, "__module__", None) == page:
            return True
    return False


def setup(app):
    """Register the functions above."""
    app.connect("autodoc-skip-member", skip_made)
    app.connect("doctree-read", plain_types)
    app.connect("missing-reference", described_elsewhere)
    app.connect("autodoc-process-signature", plain_defaults)
