using BuildData.Testing;

namespace BuildData.Consumer;

/// <summary>Uses the package for tests, as the unit tests of a host program do.</summary>
internal static class TestingTrial
{
    public static async Task Run()
    {
        string file;
        await using (TestMaster test = await TestMaster.OpenWithClock())
        {
            file = test.FilePath;
            TestBuild added = await test.Updates.AddTestBuild("linux");
            test.Clock.Advance(TimeSpan.FromMinutes(5));
            await test.Updates.FinishBuild(added.BuildId, BuildResult.Success);
            Build build = (await test.Data.Get<Build>($"/builds/{added.BuildId}"))!;
            StoreTrial.Expect(build.CompleteAt - build.StartedAt, TimeSpan.FromMinutes(5));
            StoreTrial.Expect(TestEvents.Create(build, "finished").Path, $"/builds/{added.BuildId}");
        }

        StoreTrial.Expect(Directory.Exists(Path.GetDirectoryName(file)), false);
        Console.WriteLine("Testing: a temporary master was used and removed");
    }
}
