using BuildData.Torture.Followers;
using BuildData.Torture.Running;

namespace BuildData.Torture.Tests.Followers;

/// <summary>The short form of the check of followers, and proof that it notices faults.</summary>
internal sealed class FollowersCheckTests
{
    [TestCase("subscriptions", "subscriptions that arrived")]
    [TestCase("watches", "watches that arrived")]
    [TestCase("tails", "tails that came to the end of a log")]
    [TestCase("streams", "streams that arrived")]
    [TestCase("sockets", "sockets that arrived")]
    [TestCase("dashboard", "pages that arrived")]
    [TestCase("expiry", "subscriptions that arrived")]
    public async Task Run_Part_NoViolation(string part, string figure)
    {
        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new FollowersCheck(), rounds: 1, only: part);

        figures[figure].Should().BePositive();
    }

    [Test]
    public async Task Run_OnPostgreSql_NoViolation()
    {
        if (PostgreSqlServer.Missing is { } missing)
            Assert.Ignore(missing);

        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new FollowersCheck(), rounds: 1, only: "postgresql");

        figures["watches that arrived"].Should().BePositive();
    }

    [Test]
    public async Task Run_SubscriptionDropsAnEvent_Violation()
    {
        int events = 0;
        FollowersCheck check = Check((run, random, _) => new SubscriptionFollower(run, random, AllSteps) { Accepts = _ => ++events != 20 });

        Func<Task> run = () => ShortForm.Run(check, rounds: 1);

        await run.Should().ThrowAsync<ViolationException>().WithMessage("*Event * is *, and not *");
    }

    [Test]
    public async Task Run_WatchDropsAChange_Violation()
    {
        int changes = 0;
        FollowersCheck check = Check((run, random, _) => new WatchFollower(run, random) { FixedPaths = ["/steps", QuietState.MarkerPath], Accepts = change => change.PathIndex > 0 || change.Kind != WatchChangeKind.Added || ++changes % 5 != 0 });

        Func<Task> run = () => ShortForm.Run(check, rounds: 1);

        await run.Should().ThrowAsync<ViolationException>();
    }

    [Test]
    public async Task Run_LinesOfALogAreWrong_Violation()
    {
        FollowersCheck check = Check((run, random, book) => new TailFollower(run, random, book) { Accepts = line => line.Number != 3 });

        Func<Task> run = () => ShortForm.Run(check, rounds: 1);

        await run.Should().ThrowAsync<ViolationException>().WithMessage("*waits for the line 3*");
    }

    private static SubscriptionPlan AllSteps => new(["/steps/*"], [], null);

    private static FollowersCheck Check(Func<CheckRun, Random, LogBook, IFollower> create) =>
        new([new FollowersPart("planted", (run, random, book) => [create(run, new Random(random.Next()), book)])]);
}
