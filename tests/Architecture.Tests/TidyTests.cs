using System.Text.RegularExpressions;

namespace ImOrleans.Architecture.Tests;

/// <summary>The house rules that a machine can check.</summary>
public sealed partial class TidyTests
{
    private const int FileLinesMax = 600;
    /// <summary>The aim is 120; a line that is a little longer is no reason to fail.</summary>
    private const int LineLengthMax = 135;

    [Fact]
    public void No_file_is_longer_than_a_few_screens()
    {
        var tooLong = SourceTree.CSharpFiles("src", "tests", "bench")
            .Where(file => File.ReadLines(file).Count() > FileLinesMax)
            .Select(SourceTree.Relative);
        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_line_of_the_product_runs_off_the_screen()
    {
        var wide = SourceTree.CSharpFiles("src", "bench")
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (file, line, index)))
            .Where(entry => entry.line.Length > LineLengthMax)
            .Select(entry => $"{SourceTree.Relative(entry.file)}:{entry.index + 1}");
        Assert.Empty(wide);
    }

    [Fact]
    public void Nothing_is_left_unfinished()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", nameof(NotImplementedException)];
        var marked = SourceTree.CSharpFiles("src", "tests", "bench")
            .Where(file => Path.GetFileName(file) != "TidyTests.cs")
            .Where(file => File.ReadAllText(file) is var text && marks.Any(text.Contains))
            .Select(SourceTree.Relative);
        Assert.Empty(marked);
    }

    [Fact]
    public void Tests_await_events_and_never_sleep()
    {
        // A wait that names a clock of the test's is none: the clock is moved. The guard fails a test that waits for ever.
        var sleeping = SourceTree.CSharpFiles("tests")
            .Where(file => Path.GetFileName(file) != "TaskGuard.cs")
            .Where(file => Sleep().IsMatch(File.ReadAllText(file)))
            .Select(SourceTree.Relative);
        Assert.Empty(sleeping);
    }

    /// <summary>A pause of the thread, or a delay whose last argument is no clock.</summary>
    [GeneratedRegex(@"Thread\.Sleep\(|Task\.Delay\((?![^;]*\b([Cc]lock|time)\))")]
    private static partial Regex Sleep();
}
