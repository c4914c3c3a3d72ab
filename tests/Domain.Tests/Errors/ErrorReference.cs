using System.Globalization;
using System.Text;
using ImOrleans.Domain.Errors;

namespace ImOrleans.Domain.Tests.Errors;

/// <summary>Writes the error catalogue as text: the golden list, and the page for people.</summary>
internal static class ErrorReference
{
    private const int InternalFrom = 90_000;

    private static readonly (int Thousand, string Title)[] Groups =
    [
        (10, "Connection, login and tokens"),
        (11, "Channels, topics and user messages"),
        (12, "Storage"),
        (13, "Presence"),
        (14, "Locks"),
        (15, "History"),
        (90, "Inside the server"),
    ];

    /// <summary>Number, name and whether it may be tried again; one code a line.</summary>
    public static string WriteGolden(IEnumerable<ErrorDescription> catalog)
    {
        var text = new StringBuilder();
        foreach (var error in catalog)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{(int)error.Code} {error.Name} {(error.Retryable ? "retryable" : "final")}\n");
        return text.ToString();
    }

    /// <summary>The page <c>docs/errors.md</c>.</summary>
    public static string WritePage(IReadOnlyCollection<ErrorDescription> catalog)
    {
        var text = new StringBuilder();
        text.Append("# Errors\n\n");
        text.Append("Every code that a reply can carry. Numbers are never reused. This page is written from\n");
        text.Append("`src/Domain/Errors/ErrorCatalog.cs` by the tests of the domain: change the catalogue and run ");
        text.Append("them with\n`UPDATE_GOLDEN=1`, never change this page.\n\n");
        text.Append("\"Try again\" says whether the same call may succeed later (`retryable` in a reply).\n");
        foreach (var (thousand, title) in Groups)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n");
            if (thousand * 1000 >= InternalFrom)
                text.Append("No client ever sees these.\n\n");
            text.Append("| code | name | try again | meaning |\n|---|---|---|---|\n");
            foreach (var error in catalog.Where(error => (int)error.Code / 1000 == thousand))
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {(int)error.Code} | `{error.Name}` | {(error.Retryable ? "yes" : "no")} | {error.Text} |\n");
        }

        return text.ToString();
    }
}
