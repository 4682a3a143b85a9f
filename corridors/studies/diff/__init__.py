"""What `diff` compares: two scenarios or results, read and set side by side."""
