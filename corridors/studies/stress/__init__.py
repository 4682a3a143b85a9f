"""What happens when places on the best route close."""
