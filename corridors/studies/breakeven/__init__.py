"""At which value of a figure another corridor is the best."""
