// Outages, kills and hundreds of generated plans take their time; a test that hangs still ends.
jest.setTimeout(120_000);
