"""Many scenarios from one file, run in parallel into one data set; can be resumed."""
