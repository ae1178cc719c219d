// Uses the packages as a host program does, and fails if a result is not the expected one.
// The arguments: a SQLite file, and optionally a connection string of PostgreSQL.
using BuildData;
using BuildData.Consumer;

await StoreTrial.Run("SQLite", options => options.UseSqlite("Data Source=" + args[0]));
if (args.Length > 1)
    await StoreTrial.Run("PostgreSQL", options => options.UsePostgreSql(args[1]));
await TestingTrial.Run();
await WebTrial.Run();
