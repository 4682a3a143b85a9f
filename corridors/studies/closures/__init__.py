"""What `stress` needs: places that can close, and the best way round them."""
