"""The parts of driver.py."""
