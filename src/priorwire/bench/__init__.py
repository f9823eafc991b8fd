"""Measurements that anybody can repeat: on data that is generated, against something measured in the same run.

A figure alone says what the machine is worth; a ratio says what the engine is. Nothing here is a
test: no build fails because a machine was busy.
"""
