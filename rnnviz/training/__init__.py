"""Runs training, emits snapshots, loads and saves weights. Never draws.

The only room that imports torch, and it does so where training happens: importing the room does not.
"""
