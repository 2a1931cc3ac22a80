"""Plan and send the model stages' requests through interfaces to the model client and the ledger."""
