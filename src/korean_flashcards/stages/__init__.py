"""Plan and send the requests of the model stages, through interfaces to the model client and the ledger."""
