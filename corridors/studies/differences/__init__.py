"""What `diff` compares: two scenarios or results, read and laid side by side."""
