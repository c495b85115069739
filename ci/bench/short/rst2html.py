"""docutils' command of this name: a page of reStructuredText as HTML."""
from docutils.core import publish_cmdline

publish_cmdline(writer_name="html")
