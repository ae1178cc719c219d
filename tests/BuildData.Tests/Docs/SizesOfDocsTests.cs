namespace BuildData.Tests;

/// <summary>The pages that everybody sees first are short.</summary>
internal sealed class SizesOfDocsTests
{
    [TestCase("README.md", 8_192)]
    [TestCase("src/BuildData/README.md", 3_072)]
    [TestCase("src/BuildData.PostgreSql/README.md", 3_072)]
    [TestCase("src/BuildData.Testing/README.md", 3_072)]
    [TestCase("src/BuildData.AspNetCore/README.md", 3_072)]
    public void Length_OfAFirstPage_IsWithinItsLimit(string path, int most) =>
        new FileInfo(Path.Combine(Repository.Root, path)).Length.Should().BeLessThanOrEqualTo(most);
}
