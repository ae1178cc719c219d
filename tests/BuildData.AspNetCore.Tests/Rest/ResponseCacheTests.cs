using BuildData.AspNetCore.Rest;

namespace BuildData.AspNetCore.Tests;

/// <summary>Answers that are kept while nothing changes.</summary>
internal sealed class ResponseCacheTests
{
    [Test]
    public void Find_SameVersion_ReturnsTheAnswer()
    {
        var cache = new ResponseCache(capacity: 16_000);
        byte[] answer = new byte[10];
        cache.Add("1", "/builds", answer);

        cache.Find("1", "/builds").Should().BeSameAs(answer);
        cache.Find("1", "/steps").Should().BeNull();
    }

    [Test]
    public void Find_AnotherVersion_ReturnsNothing()
    {
        var cache = new ResponseCache(capacity: 16_000);
        cache.Add("1", "/builds", new byte[10]);

        cache.Find("2", "/builds").Should().BeNull();
    }

    [Test]
    public void Add_AnotherVersion_ForgetsTheOlderOne()
    {
        var cache = new ResponseCache(capacity: 16_000);
        cache.Add("1", "/builds", new byte[10]);

        cache.Add("2", "/steps", new byte[10]);

        cache.Find("1", "/builds").Should().BeNull();
        cache.Find("2", "/steps").Should().NotBeNull();
    }

    [Test]
    public void Add_MoreThanTheCapacity_ForgetsTheEarlierOnes()
    {
        var cache = new ResponseCache(capacity: 16_000);

        for (int i = 0; i < 100; i++)
            cache.Add("1", $"/builds/{i}", new byte[900]);

        Enumerable.Range(0, 100).Count(i => cache.Find("1", $"/builds/{i}") is not null).Should().BeInRange(1, 17);
    }

    [Test]
    public void Add_LargeAnswer_IsNotKept()
    {
        var cache = new ResponseCache(capacity: 16_000);

        cache.Add("1", "/builds", new byte[1001]);

        cache.Find("1", "/builds").Should().BeNull();
    }
}
