using BuildData.Queries;

namespace BuildData.Tests;

/// <summary>The examples of filters and pages, which are in the page about queries letter for letter.</summary>
internal sealed class DocumentedPagesTests
{
    [Test]
    public async Task Queries_OfThePage_ReturnTheBuildsThatMatch()
    {
        using var folder = new TempFolder();
        await using Master master = await Master.Open(folder.ConnectionString);
        (_, long request, long builder) = await master.Data.Updates.Request();
        AddedBuild added = await master.Data.Updates.AddBuild(builder, request);
        await master.Data.Updates.SetBuildProperty(added.BuildId, "pull_request", (1234, "Test"));

        // <related>
        // What ran for a commit on a branch, the newest first.
        ResourceList<Build> ran = await master.Data.GetAll<Build>($"/builds?sourcestamp.branch={"main"}&sourcestamp.revision={"9f3c1e"}&order=-buildid");

        // The newest ten builds of a pull request.
        var ofRequest = new ResultSpec { Filters = [new Filter("property.pull_request", FilterOperator.Equal, 1234)], Order = [new Order("buildid", descending: true)], Limit = 10 };
        ResourceList<Build> builds = await master.Data.GetAll<Build>("/builds", ofRequest);
        // </related>

        // <pages>
        string? next = null;
        do
        {
            ResourceList<Build> page = await master.Data.GetAll<Build>("/builders/linux/builds?order=-number&limit=50", new ResultSpec { After = next });
            foreach (Build build in page)
                Console.WriteLine(build.Number);
            next = page.Next;
        }
        while (next is not null);
        // </pages>

        ran.Select(build => build.BuildId).Should().Equal(added.BuildId);
        builds.Select(build => build.BuildId).Should().Equal(added.BuildId);
    }
}
