// An outage takes its time; a unit test takes none.
jest.setTimeout(120_000);
