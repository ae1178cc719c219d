namespace BuildData.Analyzers.Tests;

internal sealed class UnencodedValueAnalyzerTests
{
    [TestCase("""string path = $"/builders/{name}"; await data.Get<Builder>({|BD0002:path|});""")]
    [TestCase("""var path = $"/builders/{name}"; await data.Get<Builder>({|BD0002:path|});""")]
    [TestCase("""string path = $"/builders/{name}/builds?limit=5"; await data.GetAll<Build>({|BD0002:path|});""")]
    [TestCase("""string path = "/builders/" + name; await data.Get<Builder>({|BD0002:path|});""")]
    [TestCase("""await data.Get<Builder>({|BD0002:"/builders/" + name|});""")]
    [TestCase("""await data.Get<Builder>({|BD0002:"/builders/" + name + "/builds/" + id|});""")]
    [TestCase("""await data.GetAll<Build>({|BD0002:$"/builders/{name}" + "/builds"|});""")]
    [TestCase("""await data.Get<Builder>({|BD0002:(string)$"/builders/{name}"|});""")]
    [TestCase("""await data.Get<Builder>({|BD0002:$"/builders/{args[0]}" + ""|});""")]
    [TestCase("""await data.GetAll<Build>({|BD0002:"/builds?state_string=" + name|});""")]
    [TestCase("""await data.GetAll<Build>({|BD0002:"/builds?limit=5&state_string=" + name + "&offset=5"|});""")]
    [TestCase("""await data.GetAll<Build>({|BD0002:"/builds?started_at__ge=" + DateTimeOffset.UtcNow|});""")]
    [TestCase("""string builder = args[0]; await data.Get<Builder>({|BD0002:"/builders/" + builder|});""")]
    [TestCase("""string builder = Console.ReadLine()!; await data.Get<Builder>({|BD0002:"/builders/" + builder|});""")]
    [TestCase("""await data.Get<Builder>({|BD0002:string.Create(CultureInfo.InvariantCulture, $"/builders/{name}/builds/{id}")|});""")]
    [TestCase("""await data.Get<Builder>({|BD0002:FormattableString.Invariant($"/builders/{name}/builds/{id}")|});""")]
    [TestCase("""string path = FormattableString.Invariant($"/builders/{name}"); await data.Get<Builder>({|BD0002:path|});""")]
    [TestCase("""await data.GetAll<Build>({|BD0002:FormattableString.Invariant($"/builders/{name}") + "/builds"|});""")]
    [TestCase("""DataPath path = {|BD0002:"/builders/" + name|}; await data.Get<Builder>(path);""")]
    [TestCase("""await data.WaitFor<Step>({|BD0002:$"/builds/{id}/steps/" + name|}, "finished");""")]
    [TestCase("""string path = $"/builders/{name}"; await data.Get<Builder>({|BD0002:path|}); await data.Get({|BD0002:path|});""")]
    public Task Value_IsInsertedIntoAString_IsReported(string statements) => Verify.Reports<UnencodedValueAnalyzer>(Code.With(statements));

    [TestCase("""await data.Get<Builder>($"/builders/{name}");""")]
    [TestCase("""DataPath path = $"/builders/{name}"; await data.Get<Builder>(path);""")]
    [TestCase("""await data.GetAll<Build>($"/builders/{name}" + $"/builds");""")]
    public Task Path_IsADataPathFromTheBeginning_IsNotReported(string statements) => Verify.Reports<UnencodedValueAnalyzer>(Code.With(statements));

    [TestCase("""string path = $"/builds/{id}"; await data.Get<Build>(path);""")]
    [TestCase("""await data.Get<Build>("/builds/" + id);""")]
    [TestCase("""string path = $"/builds/{id.ToString(CultureInfo.InvariantCulture)}"; await data.Get<Build>(path);""")]
    [TestCase("""string number = id.ToString(); await data.Get<Build>("/builds/" + number);""")]
    [TestCase("""string path = $"/builders/{Uri.EscapeDataString(name)}"; await data.Get<Builder>(path);""")]
    [TestCase("""string encoded = Uri.EscapeDataString(name); await data.Get<Builder>("/builders/" + encoded);""")]
    [TestCase("""string n = Uri.EscapeDataString(name); await data.Get<Builder>("/builders/" + n);""")]
    [TestCase("""await data.Get<Builder>("/builders/" + WebUtility.UrlEncode(name));""")]
    [TestCase("""await data.Get<Worker>("/workers/" + Identifier.Coerce(name));""")]
    [TestCase("""string path = $"/builders/{(BuilderRef)name}"; await data.Get<Builder>(path);""")]
    [TestCase("""const string Linux = "linux"; string path = $"/builders/{Linux}"; await data.Get<Builder>(path);""")]
    [TestCase("""await data.Get<Build>(FormattableString.Invariant($"/builds/{id}"));""")]
    [TestCase("""await data.Get<Builder>(string.Create(CultureInfo.InvariantCulture, $"/builders/{Uri.EscapeDataString(name)}"));""")]
    [TestCase("""string path = $"/builds?complete={id > 0}"; await data.GetAll<Build>(path);""")]
    [TestCase("""string path = $"/builds?results={BuildResult.Success}"; await data.GetAll<Build>(path);""")]
    public Task Value_NeedsNoEncoding_IsNotReported(string statements) => Verify.Reports<UnencodedValueAnalyzer>(Code.With(statements));

    // The holes can hold several segments or parameters, which must not be encoded.
    [TestCase("""await data.Get("/" + name);""")]
    [TestCase("""await data.Get(name + "/steps");""")]
    [TestCase("""string path = $"{name}/steps"; await data.GetAll<Step>(path);""")]
    [TestCase("""string path = $"/{name}{args[0]}"; await data.Get(path);""")]
    [TestCase("""string path = $"/{name}/{args[0]}"; await data.Get(path);""")]
    [TestCase("""string path = $"/builds?{name}"; await data.GetAll<Build>(path);""")]
    [TestCase("""string path = $"/builds{name}"; await data.GetAll<Build>(path);""")]
    [TestCase("""string path = $"/builds?limit={name}{args[0]}"; await data.GetAll<Build>(path);""")]
    [TestCase("""string path = $"/builds?state_string={name}{id}"; await data.GetAll<Build>(path);""")]
    [TestCase("""string path = $"/builds?state_string={name}.log"; await data.GetAll<Build>(path);""")]
    [TestCase("""string path = $"/builders/{name}{args[0]}"; await data.Get(path);""")]
    [TestCase("""string path = $"/builders/{name}/builds?{args[0]}"; await data.Get(path);""")]
    public Task Value_CanBeMoreThanASegment_IsNotReported(string statements) => Verify.Reports<UnencodedValueAnalyzer>(Code.With(statements));

    [TestCase("""await data.Get(name);""")]
    [TestCase("""string path = $"/builders/{name}"; Console.WriteLine(path);""")]
    [TestCase("""string path = $"/builders/{name}"; path = args[0]; await data.Get(path);""")]
    [TestCase("""await data.Get(DataPath.FromString($"/builders/{name}"));""")]
    [TestCase("""await data.Get(Slug(name)); static string Slug(string text) => $"/builders/{text}";""")]
    [TestCase("""await data.Get("/builders/" + Slug(name)); static string Slug(string text) => text;""")]
    [TestCase("""await data.Get(string.Format("/builders/{0}", name));""")]
    [TestCase("""await data.Get(string.Create(5, name, static (_, _) => { }));""")]
    [TestCase("""string url = $"/files/{name}"; await File.ReadAllTextAsync(url);""")]
    public Task Text_IsUnknownOrNoPath_IsNotReported(string statements) => Verify.Reports<UnencodedValueAnalyzer>(Code.With(statements));

    [Test]
    public async Task Message_OfAReport_NamesTheValue() =>
        (await Analysis.Of(Code.With("""string path = $"/builds/{id}/steps/{args[0]}"; await data.Get<Step>(path);""")))
            .Should().Equal("BD0002: The value of 'args[0]' is not percent-encoded, because the path is a string before it is a DataPath");
}
