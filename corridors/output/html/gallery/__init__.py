"""The gallery's page: a picture, the answer and links of each shipped scenario."""
