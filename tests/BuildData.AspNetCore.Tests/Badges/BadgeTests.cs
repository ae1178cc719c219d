using System.Xml.Linq;
using BuildData.Testing;

namespace BuildData.AspNetCore.Tests;

/// <summary>Pictures of the last build.</summary>
internal sealed class BadgeTests
{
    [TestCase(BuildResult.Success, "success")]
    [TestCase(BuildResult.Failure, "failure")]
    [TestCase(BuildResult.Cancelled, "cancelled")]
    public async Task Get_FinishedBuild_ShowsItsResult(BuildResult result, string text)
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await program.Updates.FinishBuild(build.BuildId, result);
        await program.Updates.AddTestBuild("linux");

        XElement svg = XElement.Parse(await program.Client.GetStringAsync(new Uri("/api/v2/badges/linux.svg", UriKind.Relative)));

        svg.Attribute("aria-label")!.Value.Should().Be($"linux: {text}");
    }

    [Test]
    public async Task Get_NameWithMarkup_IsOnlyText()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await program.Updates.EnsureBuilder("<script>alert(1)</script>/x");

        XElement svg = XElement.Parse(await program.Client.GetStringAsync(new Uri("/api/v2/badges/%3Cscript%3Ealert(1)%3C%2Fscript%3E%2Fx.svg", UriKind.Relative)));

        svg.Descendants().Should().NotContain(element => element.Name.LocalName == "script");
        svg.Attribute("aria-label")!.Value.Should().Be("<script>alert(1)</script>/x: no builds");
    }

    [TestCase("/api/v2/badges/none.svg")]
    [TestCase("/api/v2/badges/linux.png")]
    public async Task Get_UnknownBadge_IsNotFound(string path)
    {
        await using WebProgram program = await WebProgram.StartApi();
        await program.Updates.EnsureBuilder("linux");

        (await program.GetError(path)).Status.Should().Be(404);
    }
}
