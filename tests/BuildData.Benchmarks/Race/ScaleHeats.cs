using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>BuildData against itself: the same work at 10,000 steps and at 10,000,000.</summary>
internal static class ScaleHeats
{
    public static async Task<Heat> Reads(RaceOptions options)
    {
        if (options.Scale is not { } folder)
            return Heat.None;

        await ScaleFixture.Make(folder);
        Master small = await Master.Open($"Data Source={ScaleFixture.Small(folder)};Mode=ReadOnly");
        Master large = await Master.Open($"Data Source={ScaleFixture.Large(folder)};Mode=ReadOnly");
        Master mapping = await Database.OpenMapped(ScaleFixture.Large(folder));
        var mapped = new OwnReads(mapping.Data, 1_000_000, 1_000_000);
        var few = new OwnReads(small.Data, 1_000, 1_000);
        var many = new OwnReads(large.Data, 1_000_000, 1_000);
        var anywhere = new OwnReads(large.Data, 1_000_000, 1_000_000);
        (string Work, Func<int, Func<bool>, Task<long>> Few, Func<int, Func<bool>, Task<long>> Many, Func<int, Func<bool>, Task<long>>? Anywhere, Func<int, Func<bool>, Task<long>>? Mapped)[] works =
        [
            ("r1 at scale: one step by id", few.Step, many.Step, anywhere.Step, mapped.Step),
            ("r2 at scale: the ten steps of a build by builder name and number", few.Steps, many.Steps, anywhere.Steps, mapped.Steps),
            ("r3 at scale: the 20 newest failed steps of a builder", few.NewestFailed, many.NewestFailed, null, null),
            ("r4 at scale: one page of 50 buildsets with filter and order", few.Buildsets, many.Buildsets, null, null),
        ];
        return new Heat(
            [
                .. works.Where(work => options.Work.Contains(work.Work[..2])).SelectMany(work => (Lane[])
                [
                    new(work.Work, "10,000 steps", 1, work.Few),
                    new(work.Work, "10,000,000 steps, of the newest builds", 1, work.Many),
                    .. work.Anywhere is null ? (Lane[])[] : [new(work.Work, "10,000,000 steps, anywhere in them", 1, work.Anywhere)],
                    .. work.Mapped is null ? (Lane[])[] : [new(work.Work, "the same, file mapped into memory", 1, work.Mapped)],
                ]),
            ],
            small, large, mapping);
    }

    public static async Task<Heat> Writes(RaceOptions options)
    {
        if (options.Scale is not { } folder || !options.Work.Contains("w1"))
            return Heat.None;

        (Master small, Func<long> nextSmall) = await Open(ScaleFixture.Small(folder));
        (Master large, Func<long> nextLarge) = await Open(ScaleFixture.Large(folder));
        var few = new OwnSteps(small.Data.Updates);
        var many = new OwnSteps(large.Data.Updates);
        const string One = "w1 at scale: step life cycle, updates, 1 caller";
        const string Several = "w1 at scale: step life cycle, updates, 64 callers";
        return new Heat(
            [
                new(One, "10,000 steps", 1, (_, goOn) => few.Run(nextSmall, goOn)),
                new(One, "10,000,000 steps", 1, (_, goOn) => many.Run(nextLarge, goOn)),
                new(Several, "10,000 steps", 64, (_, goOn) => few.Run(nextSmall, goOn)),
                new(Several, "10,000,000 steps", 64, (_, goOn) => many.Run(nextLarge, goOn)),
            ],
            small, large);
    }

    // What is written would make the fixture another one, so it is written to a copy.
    private static async Task<(Master Master, Func<long> NextBuild)> Open(string file)
    {
        string copy = file + ".copy";
        File.Copy(file, copy, overwrite: true);
        long next;
        await using (SqliteConnection connection = Database.Open(copy, Durability.Normal))
        {
            using SqliteCommand last = connection.Kept("SELECT max(id) FROM builds", 0);
            next = (long)last.ExecuteScalar()!;
            using SqliteCommand fill = connection.Kept(
                """
                WITH RECURSIVE ids (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM ids WHERE i < 200000)
                INSERT INTO builds (id, number, builder_id, buildrequest_id, worker_id, master_id, started_at, complete, locks_duration_s, state_string)
                SELECT $1 + i, $1 + i, 1, 1, 1, 1, 1700000000000000, 0, 0, 'building' FROM ids
                """,
                1);
            fill.Bind(next).ExecuteNonQuery();
        }

        // Whatever the system still had to write of the copy would be written while the race is on.
        await using (var written = new FileStream(copy, FileMode.Open, FileAccess.ReadWrite))
            written.Flush(flushToDisk: true);
        return (await Master.Open($"Data Source={copy}"), () => Interlocked.Increment(ref next));
    }
}
