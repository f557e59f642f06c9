"""The wide form of a liquid program: many samples of a liquid side by side.

``wide.h`` runs a job in this form, ``bits.h`` has its vector instructions, and ``code`` the update
and the reset of a model that Brian2 generates for it.
"""
