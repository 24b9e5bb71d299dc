"""How Sphinx makes the pages. build.sh lays them out as they are in the repository."""

project = "Wirebird"
copyright = "the authors of Wirebird"
version = release = ""
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "Wirebird"
html_show_sphinx = False
html_copy_source = False
root_doc = "contents"
# Links to headings as the hosts of repositories make them.
myst_heading_anchors = 4
# What leads out of the pages, to a source for example, is checked by tests/docs/markdown.py.
suppress_warnings = ["myst.xref_missing", "myst.header", "misc.highlighting_failure"]
