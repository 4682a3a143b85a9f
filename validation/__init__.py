"""What runs for minutes or hours: campaigns over drawn questions, benchmarks, changed inputs."""
