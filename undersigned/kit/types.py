"""The kinds of files in a kit."""

CARD = "card."
"""How the names of cards begin: alone of a kit's files they bear no names of signatories."""

PARCEL = "kit.zip"

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "png": "image/png",
    "jpg": "image/jpeg",
    "zip": "application/zip",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}
"""By the endings of their names; what has none is plain text."""
