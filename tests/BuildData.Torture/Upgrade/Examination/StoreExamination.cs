using System.Collections;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Examination;

/// <summary>Compares a store after its migration with the rows that were written before.</summary>
/// <param name="run">The run.</param>
/// <param name="store">The store.</param>
/// <param name="old">What it was.</param>
/// <param name="mayHaveGap">Whether a process of this version was killed after it had opened the store, so that there may be a gap behind the events.</param>
internal sealed class StoreExamination(CheckRun run, OldStore store, OldDatabase old, bool mayHaveGap = false)
{
    /// <summary>Opens the store, which migrates it if nobody has, compares all answers, follows the kept events, and writes to it.</summary>
    /// <exception cref="ViolationException">Something differs.</exception>
    public async Task Run()
    {
        await using (Master master = await Open())
        {
            await CompareAnswers(master.Data);
            await new EventExaminationOfOld(master, store, old, mayHaveGap).Run(() => new NewUpdates(master, old).Run());
        }

        if (await store.ReadVersion() is var version && version != store.Scripts.NewestVersion)
            throw new ViolationException($"The store has the version {version} after the migration, not {store.Scripts.NewestVersion}.");
        run.Count("migrated stores");
    }

    /// <summary>Compares the answers of all paths.</summary>
    public async Task CompareAnswers(DataApi data)
    {
        IReadOnlyList<ExpectedAnswer> answers = new ExpectedAnswers(old.Data).Create();
        foreach (ExpectedAnswer expected in answers)
            await Compare(data, expected);
        var statistics = new ExpectedStatistics(old.Data, data);
        await statistics.Compare();
        run.Count("answers", answers.Count + statistics.Paths.Count);
        string[] missing = [.. EndpointCoverage.FindMissing([.. answers.Select(answer => answer.Path), .. statistics.Paths])];

        // A version without logs has no path of one.
        if (old.Data.Logs.Length > 0 && missing.Length > 0)
            throw new ViolationException($"This check does not ask {string.Join(", ", missing)}. Add expected answers to {nameof(ExpectedAnswers)}.");
    }

    private async Task<Master> Open()
    {
        try
        {
            return await store.Open();
        }
        catch (BuildDataException error)
        {
            throw new ViolationException($"A store of the version {old.Version} can't be opened: {error}");
        }
    }

    private async Task Compare(DataApi data, ExpectedAnswer expected)
    {
        object? found;
        try
        {
            found = (await data.Get(DataPath.FromString(expected.Path))).Value;
        }
        catch (BuildDataException error)
        {
            throw new ViolationException($"A store of the version {old.Version} does not answer {expected.Path} after the migration: {error}");
        }

        object?[] expectedItems = ToItems(expected.Value);
        object?[] foundItems = ToItems(found);
        if (!expectedItems.AsSpan().SequenceEqual(foundItems))
        {
            int i = Enumerable.Range(0, Math.Max(expectedItems.Length, foundItems.Length))
                .First(index => index >= expectedItems.Length || index >= foundItems.Length || !Equals(expectedItems[index], foundItems[index]));
            throw new ViolationException(
                $"A store of the version {old.Version} answers {expected.Path} wrongly after the migration. It has {foundItems.Length} resources of {expectedItems.Length}.\n"
                + $"Written: {ResourceText.Of(expectedItems.ElementAtOrDefault(i))}\nFound:   {ResourceText.Of(foundItems.ElementAtOrDefault(i))}");
        }
    }

    private static object?[] ToItems(object? value) => value is IEnumerable items and not PropertyMap ? [.. items.Cast<object?>()] : [value];
}
