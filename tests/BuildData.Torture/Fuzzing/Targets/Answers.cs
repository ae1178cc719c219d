using System.Text.Json;
using BuildData.Torture.Running;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>Gets answers to paths, and checks them.</summary>
internal static class Answers
{
    /// <summary>Gets the answer to a path. Checks that it is JSON, and that the path of its query parses to the same query.</summary>
    /// <returns>The answer; null if the path or its query string is not valid.</returns>
    public static async Task<DataResult?> Get(DataApi data, string path)
    {
        try
        {
            ParsedPath parsed = DataApi.ParsePath(path);
            Promise.Holds(DataApi.ParsePath(parsed.Query.Path).Query == parsed.Query, $"The path '{parsed.Query.Path}' parses to the query that has it.");
            DataResult result = await data.Get(path);
            using JsonDocument json = JsonDocument.Parse(result.ToJson(), new JsonDocumentOptions { MaxDepth = 128 });
            return result;
        }
        catch (InvalidPathException)
        {
            return null;
        }
        catch (InvalidQueryException)
        {
            return null;
        }
    }

    /// <summary>Checks that PostgreSQL gives the answer that SQLite gives.</summary>
    public static async Task Compare(SmallStores stores, string path)
    {
        if (stores.PostgreSqlData is not { } other)
            return;
        string? one = Text(await Get(stores.Data, path));
        string? two = Text(await Get(other, path));
        if (one != two)
            throw new ViolationException($"The stores differ.\nSQLite:     {one}\nPostgreSQL: {two}");
    }

    /// <summary>Opens a watch of a path, if it can be watched.</summary>
    public static async Task Watch(DataApi data, string path)
    {
        try
        {
            await using CombinedWatch watch = await data.Watch([path]);
        }
        catch (InvalidPathException)
        {
            // Not every path can be watched.
        }
        catch (InvalidQueryException)
        {
            // A page can't be watched.
        }
    }

    private static string? Text(DataResult? result) => result is null ? null : $"{result.Total} {result.Next} {result.ToJson()}";
}
