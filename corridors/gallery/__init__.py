"""The gallery of the shipped scenarios: a page with a picture, the answer and links of each."""

from corridors.gallery.build import compare_shipped, write_gallery
from corridors.gallery.entry import Entry
from corridors.gallery.page import gallery_html
from corridors.gallery.thumbnail import thumbnail_svg

__all__ = ["Entry", "compare_shipped", "gallery_html", "thumbnail_svg", "write_gallery"]
