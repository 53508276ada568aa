"""The steps, one file each, numbered in the order they are taken; there is no way back but a backup."""
