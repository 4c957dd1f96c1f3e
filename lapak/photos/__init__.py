"""An upload and its derivatives: checked, stripped of everything but the picture, kept in two sizes."""
