"""Who somebody is: managed identities as App Service gives them, and the tokens that they get."""
