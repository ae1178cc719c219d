namespace BuildData.Samples.Dashboard;

/// <summary>A commit that nobody has made.</summary>
internal sealed record Commit(SourceStampKey Stamp, string Author, string Message)
{
    private static readonly string[] Branches = ["main", "main", "main", "release/4.2", "retry-uploads", "faster-search", "fix/login-timeout"];
    private static readonly string[] Authors = ["ann", "bo", "chidi", "dana", "eve"];
    private static readonly string[] Messages = ["Retry uploads that time out", "Search reads one page ahead", "Remove the old login", "A test for empty carts", "Update the tools", "Explain the limits of the API", "Cache the price list"];

    public static Commit Next(Random random) => new(
        new SourceStampKey
        {
            Repository = "https://example.org/shop.git",
            Project = "shop",
            Branch = random.GetItems(Branches, 1)[0],
            Revision = random.GetHexString(40, lowercase: true),
        },
        random.GetItems(Authors, 1)[0],
        random.GetItems(Messages, 1)[0]);
}
