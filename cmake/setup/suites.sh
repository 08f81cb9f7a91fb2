test_steps=0
