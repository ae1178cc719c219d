using BuildData.AspNetCore.Live;

namespace BuildData.AspNetCore.Tests;

/// <summary>The tree of patterns of the sockets.</summary>
internal sealed class SubscriptionKeysTests
{
    [TestCase("builds/*/*", "/builds/12", "finished", true)]
    [TestCase("builds/12/*", "/builds/12", "finished", true)]
    [TestCase("builds/12/finished", "/builds/12", "finished", true)]
    [TestCase("*/*/*", "/builds/12", "finished", true)]
    [TestCase("builds/*/new", "/builds/12", "finished", false)]
    [TestCase("builds/13/*", "/builds/12", "finished", false)]
    [TestCase("builds/*", "/builds/12", "finished", false)]
    [TestCase("builds/*/*/*", "/builds/12", "finished", false)]
    [TestCase("builds/12", "/builds/12", "finished", false)]
    [TestCase("", "/builds/12", "finished", false)]
    [TestCase("builds/*/steps/*/*", "/builds/12/steps/7", "new", true)]
    public void Find_APattern_MatchesByWholeSegments(string pattern, string path, string name, bool matches)
    {
        var keys = new SubscriptionKeys();
        var audience = new Audience([pattern]);
        keys.Add(pattern, audience);

        Find(keys, path, name).Should().HaveCount(matches ? 1 : 0);
    }

    [Test]
    public void Find_AudienceWithSeveralMatchingPatterns_FindsItOnce()
    {
        var keys = new SubscriptionKeys();
        var audience = new Audience(["*/*/*", "builds/*/*"]);
        foreach (string pattern in audience.Patterns)
            keys.Add(pattern, audience);

        Find(keys, "/builds/1", "new").Should().Equal(audience);
    }

    [Test]
    public void Remove_APattern_LeavesThoseOfOthers()
    {
        var keys = new SubscriptionKeys();
        var first = new Audience(["builds/*/*"]);
        var second = new Audience(["builds/*/*", "builds/1/*"]);
        keys.Add("builds/*/*", first);
        keys.Add("builds/*/*", second);
        keys.Add("builds/1/*", second);

        keys.Remove("builds/*/*", second);

        Find(keys, "/builds/2", "new").Should().Equal(first);
        Find(keys, "/builds/1", "new").Should().BeEquivalentTo([first, second]);
    }

    private static HashSet<Audience> Find(SubscriptionKeys keys, string path, string name)
    {
        var found = new HashSet<Audience>();
        keys.Find(path, name, found);
        return found;
    }
}
