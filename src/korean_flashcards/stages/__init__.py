"""What the model stages share: planning and sending requests, and the interfaces to client and ledger."""
