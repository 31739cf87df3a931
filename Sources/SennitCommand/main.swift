print("sennit")
