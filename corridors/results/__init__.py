"""What a run answers, and the files that hold it."""
