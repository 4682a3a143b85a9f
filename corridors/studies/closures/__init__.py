"""What `stress` needs: places that can close, and the best route without them."""
