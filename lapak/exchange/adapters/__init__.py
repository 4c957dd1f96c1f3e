"""Tables, workbooks, and the folders where lists wait."""
