"""What ``force_training.py`` does: training in the closed loop, and how well it went.

plans and options    settings by task and model; the command line's
training, measures   one network, and the errors of its test
single               one training with pictures and report
pieces               many trainings, of which each leaves a record
table, grid          tasks by models; a task over G and Q
comparing...         slow against fast learning
"""
