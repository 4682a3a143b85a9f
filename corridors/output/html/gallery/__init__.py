"""The gallery: thumbnail, answer and links of each shipped scenario."""
